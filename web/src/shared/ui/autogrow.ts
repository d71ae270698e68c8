/** Makes a text field as high as its text; its CSS max-height still holds. What is around it moves once at most:
 * while the field is small to be measured, its parent keeps the height. */
export const autogrow = (field: HTMLTextAreaElement): void => {
  const around = field.parentElement;
  if (around) around.style.minHeight = `${around.offsetHeight}px`;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  if (around) around.style.minHeight = "";
};
