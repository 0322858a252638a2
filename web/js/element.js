// How is a part of the page made? As plain DOM, of whose texts none is read as HTML.

/** Return a new element with these properties. */
export function element(kind, properties = {}) {
  return Object.assign(document.createElement(kind), properties);
}
