const paths = {
  send: "M4 12 20 4l-5 16-3.500-6.500z M11.500 13.500 20 4",
  menu: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.1",
  headset:
    "M5 14v-2a7 7 0 0 1 14 0v2M5 13h2.500v5H6a2 2 0 0 1-2-2v-2M19 13h-2.500v5H18a2 2 0 0 0 2-2v-2M17 18c0 2-2 3-4 3",
  down: "M12 5v14M6 13l6 6 6-6",
  retry: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  alert: "M12 8v5M12 16.500v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  swap: "M4 8h13l-3-3M20 16H7l3 3",
  back: "M15 5l-7 7 7 7",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500",
  note: "M6 4h9l4 4v12H6zM9 12h7M9 16h5",
  logout: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  copy: "M9 9h10v11H9zM5 15V4h10",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
} as const;

export type IconName = keyof typeof paths;

/** A line icon. Decorative: whatever it is in needs a text or a label. */
export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg
    class="icon"
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
);
