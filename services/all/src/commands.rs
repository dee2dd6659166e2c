//! One module for each command or group of commands.

pub mod audit;
pub mod broker;
pub mod checks;
pub mod dead_letters;
pub mod demo;
pub mod doctor;
pub mod logins;
pub mod replay;
pub mod reseal;
pub mod sysadmin;
pub mod tenant;
pub mod theme;
