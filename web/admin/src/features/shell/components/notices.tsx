import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Where passing messages appear; loaded after the page. */
export default function Notices() {
  return <Notifications position="bottom-right" />;
}
