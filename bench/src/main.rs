//! The speed bars, measured over the running platform.

mod cpu;
mod load;
mod table;

fn main() {
    table::say("");
    let _ = (cpu::services_memory(), load::CONNECTIONS);
}
