/** iOS lays the keyboard over the page: the height that is really visible goes into `--visible-height`. */
export const followViewport = (): void => {
  const view = window.visualViewport;
  if (!view) return;
  const set = () => {
    if (view.scale !== 1) return; // pinched: the player is reading, leave the page alone
    document.documentElement.style.setProperty("--visible-height", `${view.height}px`);
    window.scrollTo(0, 0);
  };
  view.addEventListener("resize", set);
  set();
};
