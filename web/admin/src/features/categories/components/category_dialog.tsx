import { Button, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ConflictDialog } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { type CategoryView, createCategory, updateCategory } from "../api.ts";
import { bodyOf, categoryChoices, draftOf, withBelow } from "../schema.ts";

interface CategoryDialogProps {
  /** Null: a new one. */
  category: CategoryView | null;
  all: readonly CategoryView[];
  onClose: () => void;
}

export function CategoryDialog({ category, all, onClose }: CategoryDialogProps) {
  const { t } = useTranslation();
  const draft = useDraft(draftOf(category));
  const [theirs, setTheirs] = useState<CategoryView | null>(null);
  const saving = useSave<number, CategoryView>({
    send: (version, key) => {
      const body = bodyOf(draft.values);
      return category ? updateCategory(category.id, version, body) : createCategory(body, key);
    },
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["categories"] });
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        setTheirs(problem.problem.current as CategoryView);
      }
    },
  });
  const own = category ? withBelow(all, category.id) : new Set<string>();
  const parents = categoryChoices(all).filter((choice) => !own.has(choice.value));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={
        <Text fw={600}>{category ? t("categories.edit", { name: category.name }) : t("categories.new")}</Text>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save(category?.version ?? 0);
        }}
      >
        <Stack>
          {!theirs && <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />}
          <TextInput label={t("categories.name")} required data-autofocus {...draft.text("name")} />
          <Group grow align="flex-start">
            <Select
              label={t("categories.parent")}
              placeholder={t("categories.root")}
              clearable
              searchable
              data={parents}
              value={draft.values.parent_id}
              error={draft.errors["/parent_id"]}
              onChange={(parent_id) => draft.patch({ parent_id })}
            />
            <NumberInput
              label={t("categories.position")}
              allowDecimal={false}
              value={draft.values.position}
              error={draft.errors["/position"]}
              onChange={(value) => draft.patch({ position: typeof value === "number" ? value : 0 })}
            />
          </Group>
          <TextInput
            label={t("products.slug")}
            description={t("products.slugHint")}
            {...draft.text("slug")}
          />
          <Textarea
            label={t("categories.description")}
            autosize
            minRows={2}
            {...draft.text("description_html")}
          />
          <TextInput label={t("products.seoTitle")} {...draft.text("seo_title")} />
          <Textarea
            label={t("products.seoDescription")}
            autosize
            minRows={2}
            {...draft.text("seo_description")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
      <ConflictDialog
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        onOverwrite={() => {
          const version = theirs?.version ?? 0;
          setTheirs(null);
          saving.save(version);
        }}
        onTakeTheirs={() => {
          queryClient.invalidateQueries({ queryKey: ["categories"] });
          onClose();
        }}
      />
    </Modal>
  );
}
