// How do JoyTag's parts of the page get their looks?

/** Have the browser read the pack's style sheet, once. */
export function loadStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../css/joytag.css", import.meta.url).href;
  document.head.append(link);
}
