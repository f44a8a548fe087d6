/** A list in pieces of a size, in its order. */
export function* piecesOf<Item>(list: Item[], most: number): Generator<Item[]> {
  for (let at = 0; at < list.length; at += most) yield list.slice(at, at + most);
}
