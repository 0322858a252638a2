// How does a text get onto the clipboard, also where the browser keeps its own way from the page?
import { element } from "./element.js";

/** Copy a text; `place` is where on the page a field may stand for a moment. */
export async function copyText(text, place) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page served neither over https nor from this machine has no navigator.clipboard, and a browser may refuse one.
    const field = element("textarea", { value: text, readOnly: true });
    place.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
