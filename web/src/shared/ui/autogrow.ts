/** Makes a text field as high as its text; its CSS max-height still holds. */
export const autogrow = (field: HTMLTextAreaElement): void => {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
};
