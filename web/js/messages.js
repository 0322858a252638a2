// In which words does the page speak? Those of `locales/<language>/main.json`, English where one is missing.
import { app } from "../../../scripts/app.js";
import { api } from "../../../scripts/api.js";

let messages = {};

/** Read the pack's own messages for the page's language. */
export async function loadMessages() {
  try {
    const response = await api.fetchApi("/i18n");
    const languages = await response.json();
    const [language, ...region] = pagesLanguage().split("-");
    const own = languages[[language, ...region].join("-")] ?? languages[language];
    messages = { ...languages.en?.joytag, ...own?.joytag };
  } catch (error) {
    console.warn("JoyTag: the translations could not be read", error);
  }
}

/** Return the message of an id; the id itself where there is none. */
export function message(id) {
  return messages[id] ?? id;
}

function pagesLanguage() {
  return app.extensionManager?.setting?.get("Comfy.Locale") ?? navigator.language;
}
