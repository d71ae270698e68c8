import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";
import type { RefObject } from "preact";

const NEAR = 48;

export interface Stick {
  ref: RefObject<HTMLDivElement | null>;
  atBottom: Signal<boolean>;
  toBottom: (smooth?: boolean) => void;
}

/** Keeps a scrolled list at its end while the reader is there, whatever grows in it or takes room around it, and
 * leaves the reader alone elsewhere. Growth at the top (older messages) keeps what is read in place. For the
 * component that renders the box with the entries, each with `data-seq`, in one element inside it; `list` changes
 * when it is another list. */
export const useStickToBottom = (list: unknown): Stick => {
  const ref = useRef<HTMLDivElement>(null);
  const kept = useRef({ atBottom: signal(true), height: 0, room: 0, top: 0, first: null as Element | null });
  const state = kept.current;

  const remember = (box: Element): void => {
    state.height = box.scrollHeight;
    state.room = box.clientHeight;
    state.top = box.scrollTop;
  };

  const toBottom = (smooth = false): void => {
    const box = ref.current;
    if (!box) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.scrollTo({ top: box.scrollHeight, behavior: smooth && !calm ? "smooth" : "auto" });
    state.atBottom.value = true;
  };

  useLayoutEffect(() => {
    state.atBottom.value = true;
    state.first = null;
  }, [list]);

  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const first = box.querySelector("[data-seq]");
    if (state.atBottom.value) toBottom();
    else if (first !== state.first && state.first)
      box.scrollTop = state.top + box.scrollHeight - state.height;
    state.first = first;
    remember(box);
  });

  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    const onScroll = () => {
      // Told late: the room may have changed since, and the browser itself moves what is in a box that grows.
      // Only who moved up while nothing else changed has left the end.
      const same = box.scrollHeight === state.height && box.clientHeight === state.room;
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (near) state.atBottom.value = true;
      else if (same && box.scrollTop < state.top) state.atBottom.value = false;
      remember(box);
    };
    // A banner comes, the keyboard opens, a picture or an entry grows: the end must stay in sight.
    const observer = new ResizeObserver(() => {
      if (state.atBottom.value) toBottom();
      remember(box);
    });
    box.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => {
      box.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, []);

  return { ref, atBottom: state.atBottom, toBottom };
};
