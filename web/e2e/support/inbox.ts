import { ask, expected, until } from "./door.ts";
import { mailUrl } from "./platform.ts";

/** The first address in a mail to somebody that has this in it; waits for the mail. */
export function linkInMail(to: string, part: string): Promise<string> {
  return until(`a mail to ${to} with ${part}`, async () => {
    const addresses = (await mailsTo(to)).flatMap((html) =>
      [...html.matchAll(/href="([^"]+)"/g)].map((found) => found[1]),
    );
    const found = addresses.find((address) => address?.includes(part));
    return found?.replaceAll("&amp;", "&");
  });
}

/** Waits for a mail that says this. */
export async function expectMail(to: string, words: string): Promise<void> {
  await until(`a mail to ${to} that says “${words}”`, async () => {
    const mails = await mailsTo(to);
    return mails.some((html) => html.includes(words)) || undefined;
  });
}

async function mailsTo(to: string): Promise<string[]> {
  const url = new URL("/_sim/inbox", mailUrl);
  url.searchParams.set("to", to);
  const mails: { html: string }[] = await expected(200, ask({ url }));
  return mails.map(({ html }) => html);
}
