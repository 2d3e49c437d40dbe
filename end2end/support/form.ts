// Staff and customers without a browser: pages fetched, their forms filled and posted, as a browser without script does.
export interface Filled {
  url: string;
  body: string;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#47": "/" };
const plain = (text: string) => text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
const attribute = (tag: string, name: string) => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s/>])`).exec(tag);
  return found ? plain(found[1] ?? "") : undefined;
};

/** The form of a page whose action matches, filled with what stands in it and then with `values`. */
export function fill(page: string, url: string, action: RegExp, values: Record<string, string> = {}): Filled {
  for (const [whole, head = "", inner = ""] of page.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    const to = attribute(`${head} >`, "action") ?? url;
    if (!action.test(to) || attribute(`${head} >`, "method") !== "post") continue;
    const fields = new URLSearchParams();
    for (const [tag] of whole.matchAll(/<input[^>]*>/g)) {
      const name = attribute(tag, "name");
      const kind = attribute(tag, "type") ?? "text";
      if (!name || (["radio", "checkbox"].includes(kind) && attribute(tag, "checked") === undefined)) continue;
      fields.append(name, attribute(tag, "value") ?? (kind === "checkbox" ? "on" : ""));
    }
    for (const [, tag = "", text = ""] of inner.matchAll(/<textarea([^>]*)>\n?(.*?)<\/textarea>/gs)) {
      fields.set(attribute(`${tag} >`, "name") ?? "", plain(text));
    }
    for (const [, tag = "", options = ""] of inner.matchAll(/<select([^>]*)>(.*?)<\/select>/gs)) {
      const all = [...options.matchAll(/<option[^>]*>/g)].map(([option]) => option);
      const chosen = all.find((option) => attribute(option, "selected") !== undefined) ?? all[0];
      if (chosen) fields.set(attribute(`${tag} >`, "name") ?? "", attribute(chosen, "value") ?? "");
    }
    for (const [name, value] of Object.entries(values)) fields.set(name, value);
    return { url: new URL(to, url).href, body: fields.toString() };
  }
  throw new Error(`${url} has no form to ${action}`);
}

/** Somebody with a cookie. */
export class Visitor {
  private cookie = "";

  async get(url: string): Promise<{ status: number; text: string; url: string }> {
    const answer = await fetch(url, { headers: { cookie: this.cookie }, redirect: "manual" });
    this.keep(answer);
    return { status: answer.status, text: await answer.text(), url };
  }

  async post(form: Filled): Promise<{ status: number; text: string; location?: string }> {
    const headers = { cookie: this.cookie, "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(form.url, { method: "POST", headers, body: form.body, redirect: "manual" });
    this.keep(answer);
    return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") ?? undefined };
  }

  private keep(answer: Response): void {
    const [set] = answer.headers.getSetCookie();
    if (set) this.cookie = set.split(";")[0] ?? "";
  }
}
