import { useEffect } from "preact/hooks";
import { count } from "../../../shared/i18n/money";
import type { Counts, Topic } from "../../api/feedback";
import { ft } from "../../locales/feedback";
import { intentName } from "../../locales/intents";
import { errorText, t } from "../../locales/texts";
import { PERIODS, type FeedbackStore } from "../../store/feedback";

const SUGGESTION = "content_suggestion";

const humans = ({ handedOver }: Counts): number => handedOver.reduce((sum, [, times]) => sum + times, 0);

const topicName = (intent: string): string => (intent === "-" ? ft.value.untold : intentName(intent));

const Examples = ({ examples }: { examples: readonly string[] }) => (
  <ul class="feedback-examples">
    {examples.map((words) => (
      <li key={words}>{words}</li>
    ))}
  </ul>
);

const Wishes = ({ topic }: { topic: Topic | undefined }) => (
  <section class="feedback-part" aria-labelledby="wishes-title">
    <h3 id="wishes-title">
      {ft.value.wishes} <span class="number">{count(topic?.unsolved ?? 0)}</span>
    </h3>
    {topic ? <Examples examples={topic.examples} /> : <p class="list-empty">{ft.value.noWishes}</p>}
  </section>
);

const Row = ({ topic, most }: { topic: Topic; most: number }) => (
  <tbody>
    <tr>
      <th scope="row">
        <span class={`topic topic-${topic.category}`}>
          <b>{t.value.categories[topic.category]}</b>
          <span>{topicName(topic.intent)}</span>
        </span>
      </th>
      <td class="feedback-times">
        <meter min={0} max={most} value={topic.unsolved} aria-hidden="true" />
        <b>{count(topic.unsolved)}</b>
      </td>
      <td>{count(humans(topic))}</td>
      <td>{count(topic.tickets)}</td>
      <td>{count(topic.open)}</td>
      <td class={topic.escalated > 0 ? "late" : ""}>{count(topic.escalated)}</td>
    </tr>
    <tr class="feedback-more">
      <td colSpan={6}>
        {topic.handedOver.length > 0 && (
          <p>
            {topic.handedOver
              .map(([reason, times]) => `${t.value.reasons[reason] ?? reason} ${count(times)}`)
              .join(" · ")}
          </p>
        )}
        {topic.examples.length > 0 ? (
          <details>
            <summary>{ft.value.examples(topic.examples.length)}</summary>
            <Examples examples={topic.examples} />
          </details>
        ) : (
          <p>{ft.value.noExamples}</p>
        )}
      </td>
    </tr>
  </tbody>
);

const Unsolved = ({ topics }: { topics: readonly Topic[] }) => (
  <section class="feedback-part" aria-labelledby="unsolved-title">
    <h3 id="unsolved-title">{ft.value.unsolved}</h3>
    {topics.length === 0 && <p class="list-empty">{ft.value.nothing}</p>}
    {topics.length > 0 && (
      <table class="feedback-topics">
        <thead>
          <tr>
            <th scope="col">{ft.value.topic}</th>
            <th scope="col">{ft.value.times}</th>
            <th scope="col">{ft.value.humans}</th>
            <th scope="col">{ft.value.tickets}</th>
            <th scope="col">{ft.value.open}</th>
            <th scope="col">{ft.value.late}</th>
          </tr>
        </thead>
        {topics.map((topic) => (
          <Row key={topic.intent} topic={topic} most={topics[0]?.unsolved ?? 1} />
        ))}
      </table>
    )}
  </section>
);

/** What players wished for and what the chat could not do, for whoever makes the product better. */
export const FeedbackView = ({ store }: { store: FeedbackStore }) => {
  useEffect(() => void store.load(), [store]);
  const feedback = store.feedback.value;
  const problem = store.problem.value;
  return (
    <main class="feedback-view" aria-labelledby="feedback-title">
      <header>
        <h2 id="feedback-title">{ft.value.title}</h2>
        <div class="boxes" role="group" aria-label={ft.value.period}>
          {PERIODS.map((days) => (
            <button
              key={days}
              type="button"
              class="box"
              aria-pressed={store.days.value === days}
              onClick={() => store.choose(days)}
            >
              {ft.value.days(days)}
            </button>
          ))}
        </div>
      </header>
      {problem && (
        <p class="player-problem" role="alert">
          {errorText(problem)}
          <button type="button" class="link" onClick={() => void store.load()}>
            {t.value.retry}
          </button>
        </p>
      )}
      {!feedback && !problem && <p class="list-empty">{t.value.loading}</p>}
      {feedback && (
        <>
          <p class="feedback-sum" role="status">
            {ft.value.sum(
              count(feedback.total.unsolved),
              count(humans(feedback.total)),
              count(feedback.total.tickets),
            )}
          </p>
          <Wishes topic={feedback.topics.find((topic) => topic.intent === SUGGESTION)} />
          <Unsolved topics={feedback.topics.filter((topic) => topic.intent !== SUGGESTION)} />
        </>
      )}
    </main>
  );
};
