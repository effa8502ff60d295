/**
 * The texts of replies.
 *
 * @module
 */

/** A language in which there are replies. */
export type Language = "de" | "en";

/** A text in which `{name}` stands for a value, and `[…]` for what is left out where one of its values is missing. */
export type Template = string;

/** Replies by topic, and for mails in which an order was found. */
export type Templates = Readonly<
  Record<"greeting" | "order" | "orders" | "billing" | "outage" | "other", Template>
>;

/** All of them. */
export const TEMPLATES: Readonly<Record<Language, Templates>> = {
  en: {
    greeting: "Hello,",
    order: "{greeting}\n\nthank you for writing about your order {number}[ of {date}][ ({amount})]. " +
      "We are looking for it, and will tell you today where it is.",
    orders:
      "{greeting}\n\nwe would like to look into it: which order is it about? Its number begins with ORD.",
    billing: "{greeting}\n\nwe have passed this on to our accounts department. " +
      "Please never send us numbers of cards or accounts: we take them out of mails unread.",
    outage: "{greeting}\n\nwe know that something does not work, and are repairing it.",
    other: "{greeting}\n\nthank you for your mail. Somebody will read it within two days.",
  },
  de: {
    greeting: "Guten Tag,",
    order: "{greeting}\n\ndanke für Ihre Nachricht zur Bestellung {number}[ vom {date}][ ({amount})]. " +
      "Wir suchen sie, und sagen Ihnen heute noch, wo sie ist.",
    orders: "{greeting}\n\num welche Bestellung geht es? Ihre Nummer beginnt mit ORD.",
    billing: "{greeting}\n\nunsere Buchhaltung kümmert sich darum. " +
      "Bitte schicken Sie uns nie Nummern von Karten oder Konten: wir entfernen sie ungelesen.",
    outage: "{greeting}\n\nuns ist die Störung bekannt, und wir beheben sie.",
    other: "{greeting}\n\ndanke für Ihre Nachricht. Wir lesen sie innerhalb von zwei Tagen.",
  },
};

/** The language of a reply to a mail whose language is known by a header, or is not known. */
export function languageOf(header: string | undefined): Language {
  return header === "de" ? "de" : "en";
}

/** Fills a template. Values that are missing leave a `{name}`, unless it is in brackets. */
export function render(template: Template, values: Readonly<Record<string, string | undefined>>): string {
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
  const optional = template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => {
    const filled = fill(part);
    return /\{\w+\}/.test(filled) ? "" : filled;
  });
  return fill(optional);
}
