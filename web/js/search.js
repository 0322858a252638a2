// Which of our nodes does the search box list first? The tagger: what people who type "joytag" look for.

const TAGGER = "JoyTag_Interrogate";
const AS_OFTEN_USED = 1; // times: before nodes that nobody has counted, behind all that core counts

/** Rank the tagger before our other nodes; the page would put the shorter names first. */
export function rankTaggerFirst(nodeDef) {
  if (nodeDef.name !== TAGGER) return;
  // [how well it matches, less what is often used, ...]: the page's own, for every node that it finds.
  nodeDef.postProcessSearchScores = ([match, ...rest]) => [match, -AS_OFTEN_USED, ...rest];
}
