//! The simulators are trusted by every other test, so they are tested themselves.

mod s3;
