/** What a session says that only reads, when reading is not enough: the whole cluster is to be asked. Nobody may take that for an answer. */
export class NeedsWholeCluster extends Error {
  override name = 'NeedsWholeCluster';
}
