import { ActionIcon, Button, Group } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "~/lib/permissions.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { type CategoryView, categoriesQuery } from "./api.ts";
import { CategoryDialog } from "./components/category_dialog.tsx";
import { DeleteCategory } from "./components/delete_category.tsx";
import { branches } from "./schema.ts";

export function Categories() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useQuery(categoriesQuery);
  const [edited, setEdited] = useState<CategoryView | "new" | null>(null);
  const [deleted, setDeleted] = useState<CategoryView | null>(null);
  const canEdit = may("catalog.edit");
  const create = canEdit && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
      {t("categories.new")}
    </Button>
  );
  const all = query.data?.items ?? [];
  return (
    <Page title={t("nav.categories")} subtitle={t("categories.subtitle")} actions={create}>
      <Section flush>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("categories.empty")} text={t("categories.emptyText")} action={create} />
            ) : (
              <Table
                label={t("nav.categories")}
                rows={branches(items)}
                rowKey={({ category }) => category.id}
                columns={[
                  {
                    key: "name",
                    header: t("categories.name"),
                    cell: ({ category, depth }) => (
                      <Link
                        to="/products"
                        search={{ category: category.id }}
                        style={{
                          paddingInlineStart: depth * 22,
                          color: "inherit",
                          fontWeight: depth ? 400 : 550,
                        }}
                      >
                        {category.name}
                      </Link>
                    ),
                  },
                  {
                    key: "slug",
                    header: t("products.slug"),
                    cell: ({ category }) => <span className="mono">{category.slug}</span>,
                  },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: ({ category }) =>
                      canEdit && (
                        <Group gap={4} justify="flex-end" wrap="nowrap">
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            aria-label={t("categories.edit", { name: category.name })}
                            onClick={() => setEdited(category)}
                          >
                            <IconPencil size={16} />
                          </ActionIcon>
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            aria-label={t("categories.delete", { name: category.name })}
                            onClick={() => setDeleted(category)}
                          >
                            <IconTrash size={16} />
                          </ActionIcon>
                        </Group>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
      {edited && (
        <CategoryDialog
          key={edited === "new" ? "new" : edited.id}
          category={edited === "new" ? null : edited}
          all={all}
          onClose={() => setEdited(null)}
        />
      )}
      {deleted && <DeleteCategory category={deleted} onClose={() => setDeleted(null)} />}
    </Page>
  );
}
