import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";

interface DeedButtonProps {
  label: string;
  send: () => Promise<unknown>;
  /** What is asked before; nothing is asked without it. */
  ask?: string;
}

/** One deed on a line of the platform's lists, which are read again afterwards. */
export function DeedButton({ label, send, ask }: DeedButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const saving = useSave({
    send,
    done: async () => {
      setAsking(false);
      await queryClient.invalidateQueries({ queryKey: ["platform"] });
    },
  });
  return (
    <Stack gap={4} align="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        loading={saving.isSaving && !isAsking}
        onClick={() => (ask ? setAsking(true) : saving.save())}
      >
        {label}
      </Button>
      {!isAsking && <ProblemNotice problem={saving.problem} />}
      {ask && (
        <Confirm
          opened={isAsking}
          isDangerous
          title={label}
          confirm={label}
          isBusy={saving.isSaving}
          onConfirm={saving.save}
          onClose={() => setAsking(false)}
        >
          {ask}
          <ProblemNotice problem={saving.problem} />
        </Confirm>
      )}
    </Stack>
  );
}
