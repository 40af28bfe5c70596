//! The processes of the tests that break things: a drill's world, and a house that can be killed.
//!
//! `breakable world FOLDER` · `breakable house DATA WORLD AHEAD` · `breakable settle DATA WORLD AHEAD`
//! · `breakable walk FOLDER WORLD`

use std::{
    io::{self, Write},
    net::TcpListener,
    path::Path,
};

use house_tests::{
    house::{self, Result},
    walk,
};
use rehearsal::{World, process, world::record::Witness};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["world", folder] => world(Path::new(folder)),
        ["house", data, world, ahead] => {
            house::serve(house::open(Path::new(data), world.parse()?, ahead.parse()?)?)
        }
        ["settle", data, world, ahead] => {
            house::settle(&house::open(Path::new(data), world.parse()?, ahead.parse()?)?)
        }
        ["walk", folder, world] => walk::go(Path::new(folder), world.parse()?),
        _ => Err("see the first lines of this program's source".into()),
    }
}

/// True time is what the house says: the world is the witness of effects here, not of clocks.
fn world(folder: &Path) -> Result<()> {
    let witness = Witness::at(&folder.join("witness.jsonl"))?;
    let mut world =
        World::new(walk::Tale::read(folder)?.setting, &folder.join("repositories"), witness)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "{}", listener.local_addr()?)?;
    Ok(process::serve(&listener, &mut world, None)?)
}
