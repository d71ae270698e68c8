/** Whether a key press in a text field means "send": Enter alone, and not the Enter that picks a word in an
 * input method (keyCode 229 is how Safari reports that one, after composition has ended). */
export const isSendKey = (event: KeyboardEvent): boolean =>
  event.key === "Enter" &&
  !event.shiftKey &&
  !event.ctrlKey &&
  !event.altKey &&
  !event.metaKey &&
  !event.isComposing &&
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
  event.keyCode !== 229;
