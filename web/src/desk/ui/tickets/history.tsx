import { friendlyTime } from "../../../shared/i18n/time";
import { numberOrNull, text } from "../../../shared/check";
import type { Step } from "../../api/tickets";
import { tt } from "../../locales/tickets";

const actorName = ({ actor, name }: Step): string =>
  name === "" ? (tt.value.actors[actor] ?? actor.replace(/^agent:/, "")) : name;

const stateName = (state: string): string =>
  (tt.value.states as Partial<Record<string, string>>)[state] ?? state;

/** What a step was, in words. */
export const stepName = (step: Step): string => {
  const names = tt.value.steps;
  switch (step.kind) {
    case "state":
      return names.state(stateName(text(step.data.state)));
    case "priority":
      return names.priority(tt.value.priorities[numberOrNull(step.data.priority) ?? 1] ?? "");
    case "assigned":
      return text(step.data.name) ? names.assigned(text(step.data.name)) : names.unassigned;
    case "promise":
      return names.promise(friendlyTime(new Date(text(step.data.promised_at))));
    case "note":
      return step.public ? names.told : names.note;
    case "added":
      return names.added;
    case "escalated":
      return names.escalated;
    default:
      return names.opened;
  }
};

const StepView = ({ step }: { step: Step }) => (
  <li class={`step step-${step.kind}${step.kind === "note" && !step.public ? " internal" : ""}`}>
    <p class="step-head">
      <b>{stepName(step)}</b>
      <span>{actorName(step)}</span>
      {step.text && <span class="step-who">{step.public ? tt.value.playerSees : tt.value.internal}</span>}
      <time dateTime={step.at.toISOString()}>{friendlyTime(step.at)}</time>
    </p>
    {step.text && <p class="step-text">{step.text}</p>}
  </li>
);

export const History = ({ steps }: { steps: readonly Step[] }) => (
  <section class="history" aria-labelledby="history-title">
    <h3 id="history-title">{tt.value.history}</h3>
    <ol>
      {steps.map((step, index) => (
        <StepView key={index} step={step} />
      ))}
    </ol>
  </section>
);
