import { ask, expected, until } from "./door.ts";
import { mailUrl } from "./platform.ts";

/** The first address in a mail to somebody that has this in it; waits for the mail. */
export function linkInMail(to: string, part: string): Promise<string> {
  const url = new URL("/_sim/inbox", mailUrl);
  url.searchParams.set("to", to);
  return until(`a mail to ${to} with ${part}`, async () => {
    const mails: { html: string }[] = await expected(200, ask({ url }));
    const addresses = mails.flatMap(({ html }) =>
      [...html.matchAll(/href="([^"]+)"/g)].map((found) => found[1]),
    );
    const found = addresses.find((address) => address?.includes(part));
    return found?.replaceAll("&amp;", "&");
  });
}
