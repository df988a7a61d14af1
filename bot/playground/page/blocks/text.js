/** Text objects of Block Kit: plain words, or words with markup. */

import { mrkdwn, plain } from "/page/blocks/mrkdwn.js";

/** Thrown for a part that is not what Block Kit says it is; its words name the part. */
export class Undrawable extends Error {}

/** What stands in a text object, of either kind. */
export function textNodes(text, reader) {
  if (typeof text?.text !== "string") throw new Undrawable("text without words");
  if (text.type === "plain_text") return [plain(text.text, { hasEmoji: text.emoji !== false })];
  if (text.type === "mrkdwn") return mrkdwn(text.text, reader, { isVerbatim: text.verbatim === true });
  throw new Undrawable(`text of type ${text.type}`);
}

/** The words of a text object that may only be plain. */
export function plainText(text) {
  if (text?.type !== "plain_text" || typeof text.text !== "string") throw new Undrawable("text that is not plain");
  return plain(text.text, { hasEmoji: text.emoji !== false });
}
