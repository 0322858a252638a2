// Which picture does a node show, in the words of ComfyUI's LoadImage?
import { app } from "../../../scripts/app.js";

/** Return {name, url} of the picture that a node shows, or null; name is `folder/file.png [temp]`. */
export function shownPicture(node) {
  return fromDrawnPictures(node) ?? fromLastOutput(node);
}

function fromDrawnPictures(node) {
  const pictures = node?.imgs;
  if (!pictures?.length) return null;
  const drawn = pictures[node.imageIndex ?? node.overIndex ?? 0] ?? pictures[0];
  if (!drawn?.src) return null;
  const { pathname, searchParams } = new URL(drawn.src, location.href);
  return pathname.endsWith("/view") ? reference(Object.fromEntries(searchParams)) : null;
}

// Nodes 2.0 draws pictures without filling node.imgs.
function fromLastOutput(node) {
  const output = app.nodeOutputs?.[node?.id];
  const pictures = output?.images;
  if (pictures?.length) return reference(pictures[node.imageIndex ?? 0] ?? pictures[0]);
  const chosen = node?.widgets?.find(({ name }) => name === "image")?.value;
  if (node?.comfyClass !== "LoadImage" || typeof chosen !== "string" || !chosen) return null;
  const [, path, type] = chosen.match(/^(.*?)(?: \[(\w+)\])?$/);
  const slash = path.lastIndexOf("/");
  return reference({ filename: path.slice(slash + 1), subfolder: path.slice(0, Math.max(slash, 0)), type });
}

function reference({ filename, subfolder = "", type = "input" }) {
  if (!filename) return null;
  const path = subfolder ? `${subfolder}/${filename}` : filename;
  const query = new URLSearchParams({ filename, subfolder, type: type ?? "input" });
  return { name: `${path} [${type ?? "input"}]`, subfolder, query };
}
