DROP TABLE delivery_attempt, delivery, endpoint, transport_pause, template_override, message_event,
  provider_event, suppression, mail_usage, message, variant_seen, order_seen, staff_contact,
  mail_setting, store_profile;
