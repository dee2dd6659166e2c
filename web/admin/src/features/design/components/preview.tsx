import { Anchor, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { previewQuery } from "../api.ts";

const WIDTHS = { phone: 390, desktop: "100%" } as const;

/** The store itself with the draft that was saved last; `version` shows it anew after a save. */
export function Preview({ version }: { version: number }) {
  const { t } = useTranslation();
  const query = useQuery(previewQuery);
  const [width, setWidth] = useState<keyof typeof WIDTHS>("desktop");
  return (
    <Section
      title={t("design.preview")}
      text={t("design.previewText")}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t("design.width")}
          data={[
            { value: "desktop", label: t("design.desktop") },
            { value: "phone", label: t("design.phone") },
          ]}
          value={width}
          onChange={(value) => setWidth(value === "phone" ? "phone" : "desktop")}
        />
      }
    >
      <Loaded query={query}>
        {(link) => (
          <Stack gap="xs">
            <iframe
              key={`${version} ${link.token}`}
              title={t("design.preview")}
              src={link.url}
              style={{
                width: WIDTHS[width],
                maxWidth: "100%",
                height: 720,
                border: "1px solid var(--mantine-color-default-border)",
                borderRadius: 8,
                marginInline: "auto",
              }}
            />
            <Text size="sm">
              <Anchor href={link.url} target="_blank" rel="noreferrer">
                {t("design.openPreview")}
              </Anchor>
            </Text>
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
