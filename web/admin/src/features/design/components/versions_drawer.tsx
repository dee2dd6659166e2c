import { Button, Drawer, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { rollBackTheme, type ThemeView, versionsQuery } from "../api.ts";

interface VersionsDrawerProps {
  version: number;
  canEdit: boolean;
  onClose: () => void;
  onBack: (view: ThemeView) => void;
}

/** What was published, to be shown again. */
export function VersionsDrawer({ version, canEdit, onClose, onBack }: VersionsDrawerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(versionsQuery);
  const [asked, setAsked] = useState<number | null>(null);
  const saving = useSave<number, ThemeView>({
    send: (number) => rollBackTheme(version, number),
    done: (view) => {
      onBack(view);
      onClose();
    },
  });
  return (
    <Drawer opened onClose={onClose} position="right" title={<Text fw={600}>{t("design.versions")}</Text>}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("design.noVersions")} />
          ) : (
            <Table
              label={t("design.versions")}
              rows={items}
              rowKey={(row) => row.number}
              columns={[
                {
                  key: "number",
                  header: t("design.version"),
                  cell: (row) => `${row.number} · ${format.dateTime(row.published_at)}`,
                },
                {
                  key: "actions",
                  header: t("table.actions"),
                  hideHeader: true,
                  end: true,
                  cell: (row) =>
                    row.is_shown ? (
                      <Label tone="good">{t("design.shown")}</Label>
                    ) : (
                      canEdit && (
                        <Button size="compact-sm" variant="default" onClick={() => setAsked(row.number)}>
                          {t("design.rollBack")}
                        </Button>
                      )
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <Confirm
        opened={asked !== null}
        title={t("design.rollBackTitle", { number: asked })}
        confirm={t("design.rollBack")}
        isBusy={saving.isSaving}
        onConfirm={() => asked !== null && saving.save(asked)}
        onClose={() => setAsked(null)}
      >
        {t("design.rollBackText")}
        <ProblemNotice problem={saving.problem} />
      </Confirm>
    </Drawer>
  );
}
