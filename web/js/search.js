// Which of our nodes does the search box list first? The tagger: what people who type "joytag" or "tagger" look for.

const TAGGER = "JoyTag_Interrogate";
const ALSO_CALLED = " (Tagger)";
const AS_OFTEN_USED = 1; // times: before nodes that nobody has counted, behind all that core counts

/** Rank the tagger before our other nodes; the page would put the shorter names first. */
export function rankTaggerFirst(nodeDef) {
  if (nodeDef.name !== TAGGER) return;
  // [how well it matches, less what is often used, ...]: the page's own, for every node that it finds.
  nodeDef.postProcessSearchScores = ([match, ...rest]) => [match, -AS_OFTEN_USED, ...rest];
  // ComfyUI before 0.9 knows no search_aliases, and its pages look into names alone.
  if (!nodeDef.search_aliases) nodeDef.display_name += ALSO_CALLED;
}

/** Give nodes the tagger's name alone as their title, when the search box knows the longer one. */
export function shortenTitle() {
  const nodeType = LiteGraph.registered_node_types[TAGGER];
  if (nodeType?.title.endsWith(ALSO_CALLED)) nodeType.title = nodeType.title.slice(0, -ALSO_CALLED.length);
}
