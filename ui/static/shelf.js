// The documents of the library. The list is long where there are thousands: it is fetched when a
// part of the page needs it, and again only when the mark that goes with every event is another.
(() => {
  "use strict";

  const { ask, parts } = window.sanad;

  let records = null;
  let of = null; // the mark that the documents had
  let fetching = null;

  const mark = () => (parts.get("documents") || parts.get("scope"))?.value()?.mark ?? null;

  /** The documents, as far as they are here already; null where they must be fetched. */
  const known = () => (records && of === mark() ? records : null);

  /** The documents; throws an Error that says what failed. */
  async function documents() {
    while (!known()) {
      fetching ||= fetchAll().finally(() => { fetching = null; });
      await fetching;
    }
    return records;
  }

  async function fetchAll() {
    const wanted = mark();
    const told = await ask("/page/documents");
    records = told.documents;
    of = wanted;
  }

  window.sanad.shelf = { mark, known, documents };
})();
