/** Texts by code, with placeholders such as `{field}`. */
export type Texts = Readonly<Record<string, string>>;
