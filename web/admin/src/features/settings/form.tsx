import type { ReactNode } from "react";
import { useState } from "react";
import { type Draft, useDraft } from "~/lib/draft.ts";
import { useMay } from "~/lib/permissions.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ConflictDialog, LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { SaveBar } from "~/ui/savebar.tsx";

interface SettingsFormProps<V extends { version: number }, T extends object> {
  /** As it is stored. */
  view: V;
  queryKey: readonly unknown[];
  draftOf: (view: V) => T;
  /** Sends the draft; undefined when it could not be read and its errors were set. */
  send: (values: T, version: number, draft: Draft<T>) => Promise<V> | undefined;
  children: (draft: Draft<T>, canEdit: boolean) => ReactNode;
}

class NotReadable extends Error {}

/** What all settings have in common: a draft, the bar that saves it, and two ways out of a conflict. */
export function SettingsForm<V extends { version: number }, T extends object>(
  props: SettingsFormProps<V, T>,
) {
  const { view, queryKey, draftOf, send } = props;
  const may = useMay();
  const draft = useDraft(draftOf(view));
  const [theirs, setTheirs] = useState<V | null>(null);
  const take = (next: V) => {
    queryClient.setQueryData(queryKey, next);
    draft.reset(draftOf(next));
  };
  const saving = useSave<{ values: T; version: number }, V>({
    send: ({ values, version }) => send(values, version, draft) ?? Promise.reject(new NotReadable()),
    done: take,
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        setTheirs(problem.problem.current as V);
      }
    },
  });
  const save = (version: number) =>
    saving.save({ values: draft.values, version }).catch((error: unknown) => {
      if (!(error instanceof NotReadable)) {
        throw error;
      }
    });
  const canEdit = may("settings.edit");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(view.version);
      }}
    >
      {!theirs && <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />}
      <fieldset disabled={!canEdit} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        {props.children(draft, canEdit)}
      </fieldset>
      <div style={{ height: 16 }} />
      <SaveBar
        isDirty={draft.isDirty && canEdit}
        isSaving={saving.isSaving}
        onSave={() => save(view.version)}
        onReset={() => draft.reset(draftOf(view))}
      />
      <LeaveGuard isDirty={draft.isDirty} />
      <ConflictDialog
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        onOverwrite={() => {
          const version = theirs?.version ?? view.version;
          setTheirs(null);
          save(version);
        }}
        onTakeTheirs={() => {
          if (theirs) {
            take(theirs);
          }
          setTheirs(null);
          saving.forget();
        }}
      />
    </form>
  );
}
