/** 128 random bits in hex. Not `crypto.randomUUID`: that exists on https pages and in newer WebViews only. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
