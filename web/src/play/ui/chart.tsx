import { money } from "../../shared/i18n/money";
import type { Chart } from "../protocol/charts";

/** Bars under a message. Read aloud they are a list of months and amounts. */
export const ChartView = ({ chart }: { chart: Chart }) => {
  const most = Math.max(1, ...chart.bars.map((bar) => bar.fen));
  return (
    <figure class="chart">
      <figcaption>{chart.title}</figcaption>
      <ul>
        {chart.bars.map((bar) => (
          <li key={bar.label}>
            <span class="chart-label">{bar.label}</span>
            <span class="chart-track" aria-hidden="true">
              <span class="chart-bar" style={{ width: `${((100 * bar.fen) / most).toFixed(1)}%` }} />
            </span>
            <span class="chart-value">{money(bar.fen)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
};
