// How does a picture get its tags outside a workflow? Through a small prompt of its own in ComfyUI's queue.
import { app } from "../../../scripts/app.js";
import { api } from "../../../scripts/api.js";
import { message } from "./messages.js";

// Not numbers, so that no node of the open workflow takes the results for its own.
const [PICTURE, OVER_WHITE, TAGGER] = ["joytag_picture", "joytag_over_white", "joytag_tagger"];
const EVENTS = ["progress", "executed", "execution_error", "execution_interrupted"];

/** Queue a picture for tagging and return its tags; throws an Error with ComfyUI's own words.
 * `showProgress` is called with how much is done, and of how much: bytes while the model is downloaded. */
export async function tagsOf(picture, showProgress) {
  const results = new Results(showProgress);
  try {
    const response = await api.fetchApi("/prompt", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client_id: api.clientId, prompt: promptFor(picture) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(reasonOf(answer));
    return await results.of(answer.prompt_id);
  } finally {
    results.stop();
  }
}

function promptFor(picture) {
  const setting = (id, otherwise) => app.extensionManager?.setting?.get(id) ?? otherwise;
  // A picture painted in the mask editor is transparent where the mask is: there, alpha is no part of the picture.
  const painted = picture.subfolder === "clipspace";
  return {
    [PICTURE]: { class_type: "LoadImage", inputs: { image: picture.name } },
    // LoadImage shows the hidden colours below transparent pixels; joining the alpha again lays them over white.
    [OVER_WHITE]: { class_type: "JoinImageWithAlpha", inputs: { image: [PICTURE, 0], alpha: [PICTURE, 1] } },
    [TAGGER]: {
      class_type: "JoyTag_Interrogate",
      inputs: {
        image: [painted ? PICTURE : OVER_WHITE, 0],
        model: setting("JoyTag.Menu.Model", "joytag"),
        threshold: setting("JoyTag.Menu.Threshold", 0.4),
      },
    },
  };
}

/** Hears what ComfyUI sends of all prompts, and hands out what is sent of one. */
class Results {
  constructor(showProgress) {
    // A cached run's results can arrive before the answer to the POST does, so what came earlier is kept.
    this.heard = [];
    this.showProgress = showProgress;
    this.hear = ({ type, detail }) => this.heard.push({ type, detail }) && this.settle?.();
    EVENTS.forEach((name) => api.addEventListener(name, this.hear));
  }

  of(promptId) {
    return new Promise((resolve, reject) => {
      this.settle = () =>
        this.heard.splice(0).forEach(({ type, detail }) => {
          if (detail?.prompt_id !== promptId) return;
          if (type === "progress") this.showProgress(detail.value, detail.max);
          if (type === "execution_error") reject(new Error(detail.exception_message.trim()));
          if (type === "execution_interrupted") reject(new Error(message("interrupted")));
          if (type === "executed" && detail.node === TAGGER) resolve([detail.output?.text].flat().join("\n"));
        });
      this.settle();
    });
  }

  stop() {
    EVENTS.forEach((name) => api.removeEventListener(name, this.hear));
  }
}

function reasonOf({ error, node_errors }) {
  const details = Object.values(node_errors ?? {}).flatMap(({ errors }) =>
    errors.map((one) => `${one.message}: ${one.details}`),
  );
  return details.join("\n") || error?.message || String(error);
}
