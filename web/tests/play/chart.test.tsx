import { render } from "preact";
import { describe, expect, it } from "vitest";
import { readFrame } from "../../src/play/protocol/frames";
import { ChartView } from "../../src/play/ui/chart";

const frame = (chart: unknown) =>
  readFrame({
    type: "message",
    seq: 1,
    from: "bot",
    text: "…",
    buttons: [],
    at: "2026-11-25T01:00:00Z",
    chart,
  });

describe("charts", () => {
  it("are drawn in proportion and read as a list", () => {
    const read = frame({
      title: "每月充值",
      bars: [
        { label: "9月", fen: 64800 },
        { label: "10月", fen: 32400 },
      ],
    });
    if (read?.type !== "message" || !read.message.chart) throw new Error("no chart");
    const place = document.createElement("div");
    render(<ChartView chart={read.message.chart} />, place);
    const widths = [...place.querySelectorAll<HTMLElement>(".chart-bar")].map((bar) => bar.style.width);
    expect(widths).toEqual(["100.0%", "50.0%"]);
    expect(place.textContent).toContain("9月");
    expect(place.textContent).toContain("648");
  });

  it("are left out where they make no sense", () => {
    for (const chart of [undefined, null, 7, {}, { title: "x", bars: [] }, { bars: "no" }]) {
      const read = frame(chart);
      expect(read?.type === "message" && read.message.chart).toBeNull();
    }
  });
});
