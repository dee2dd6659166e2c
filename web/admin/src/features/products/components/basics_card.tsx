import { SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import { htmlOf, type ProductDraft, plainText } from "../schema.ts";

export function BasicsCard({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  return (
    <Section>
      <Stack>
        <TextInput label={t("products.title")} required {...draft.text("title")} />
        <Description draft={draft} />
      </Stack>
    </Section>
  );
}

/** Paragraphs are edited as text. What holds more, such as tables, is edited as HTML. */
function Description({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  const html = draft.values.description_html;
  const plain = plainText(html);
  const [wantsHtml, setWantsHtml] = useState(false);
  // While it is typed, the text is kept as it is: spaces at its end would not survive the way through HTML.
  const [typed, setTyped] = useState<string | null>(null);
  const isHtml = wantsHtml || plain === null;
  const text = typed !== null && htmlOf(typed) === html ? typed : (plain ?? "");
  return (
    <Textarea
      label={t("products.description")}
      name="description_html"
      autosize
      minRows={5}
      maxRows={18}
      error={draft.errors["/description_html"]}
      value={isHtml ? html : text}
      classNames={isHtml ? { input: "mono" } : undefined}
      onChange={(event) => {
        const value = event.currentTarget.value;
        setTyped(isHtml ? null : value);
        draft.patch({ description_html: isHtml ? value : htmlOf(value) });
      }}
      inputContainer={(input) => (
        <>
          {input}
          <SegmentedControl
            mt={6}
            size="xs"
            aria-label={t("products.descriptionAs")}
            value={isHtml ? "html" : "text"}
            disabled={plain === null}
            data={[
              { value: "text", label: t("products.asText") },
              { value: "html", label: "HTML" },
            ]}
            onChange={(value) => setWantsHtml(value === "html")}
          />
        </>
      )}
    />
  );
}

export function SearchEngineCard({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  const { title, slug, seo_title, seo_description } = draft.values;
  return (
    <Section title={t("products.seo")} text={t("products.seoText")}>
      <Stack>
        <div className="card" style={{ boxShadow: "none", padding: "0.75rem 1rem" }}>
          <Text c="var(--stores-info)" size="lg" truncate>
            {seo_title || title || t("products.untitled")}
          </Text>
          <Text size="xs" c="dimmed" className="mono">
            /{slug || "…"}
          </Text>
          <Text size="sm" lineClamp={2}>
            {seo_description || plainText(draft.values.description_html) || ""}
          </Text>
        </div>
        <TextInput label={t("products.seoTitle")} placeholder={title} {...draft.text("seo_title")} />
        <Textarea
          label={t("products.seoDescription")}
          autosize
          minRows={2}
          {...draft.text("seo_description")}
        />
        <TextInput label={t("products.slug")} description={t("products.slugHint")} {...draft.text("slug")} />
      </Stack>
    </Section>
  );
}
