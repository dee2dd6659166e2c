mod faults;
mod inbox;
mod requests;
mod smtp;
mod webhooks;
mod world;
