import { ActionIcon, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import "@mantine/dropzone/styles.css";
import { IconArrowLeft, IconArrowRight, IconPhotoPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import type { ProductDraft } from "../schema.ts";
import { useUploads } from "../uploads.ts";
import { Thumbnail } from "./thumbnail.tsx";

const BYTES_MAX = 20 * 1024 * 1024;
const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"];

export function ImagesCard({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  const { images } = draft.values;
  const uploads = useUploads((media_id) => {
    draft.change((values) =>
      values.images.some((image) => image.media_id === media_id)
        ? {}
        : { images: [...values.images, { media_id, alt: "" }] },
    );
  });
  const move = (at: number, by: -1 | 1) => {
    const next = [...images];
    const [moved] = next.splice(at, 1);
    if (moved) {
      next.splice(at + by, 0, moved);
    }
    draft.patch({ images: next });
  };
  return (
    <Section title={t("products.images")} text={t("products.imagesText")}>
      <Stack>
        <ProblemNotice problem={uploads.problem} />
        <Dropzone
          onDrop={uploads.add}
          onReject={() => uploads.reject()}
          accept={TYPES}
          maxSize={BYTES_MAX}
          loading={uploads.isBusy}
          inputProps={{ "aria-label": t("products.addImages") }}
          aria-label={t("products.addImages")}
          p="md"
        >
          <Group justify="center" gap="sm" style={{ pointerEvents: "none" }}>
            <IconPhotoPlus size={22} stroke={1.5} aria-hidden />
            <Text size="sm">{t("products.dropImages")}</Text>
          </Group>
        </Dropzone>
        {uploads.isRejected && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t("products.wrongFile")}
          </Text>
        )}
        <SimpleGrid cols={{ base: 2, sm: 3 }}>
          {images.map((image, at) => (
            <Stack key={image.media_id} gap={6}>
              <Thumbnail media={image.media_id} alt={image.alt} />
              <TextInput
                size="xs"
                aria-label={t("products.alt", { number: at + 1 })}
                placeholder={t("products.altHint")}
                value={image.alt}
                error={draft.errors[`/images/${at}/alt`] ?? draft.errors[`/images/${at}`]}
                onChange={(event) => {
                  const alt = event.currentTarget.value;
                  draft.patch({ images: images.map((one, index) => (index === at ? { ...one, alt } : one)) });
                }}
              />
              <Group gap={2} justify="space-between">
                <Group gap={2}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    disabled={at === 0}
                    aria-label={t("products.moveEarlier", { number: at + 1 })}
                    onClick={() => move(at, -1)}
                  >
                    <IconArrowLeft size={15} />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    disabled={at === images.length - 1}
                    aria-label={t("products.moveLater", { number: at + 1 })}
                    onClick={() => move(at, 1)}
                  >
                    <IconArrowRight size={15} />
                  </ActionIcon>
                </Group>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("products.removeImage", { number: at + 1 })}
                  onClick={() => draft.patch({ images: images.filter((_, index) => index !== at) })}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            </Stack>
          ))}
        </SimpleGrid>
      </Stack>
    </Section>
  );
}
