//! Many ascending lists of numbers: packed when made together, on their own once changed, bitmaps
//! when long.

use roaring::RoaringBitmap;

/// From this length on a list is a bitmap. Long lists tell next to nothing and cost most.
pub const HEAVY: usize = 4096;

#[derive(Clone, Copy, Debug)]
enum Place {
    Packed(u64, u32),
    Loose(u32),
    Heavy(u32),
}

/// Ascending lists without repetition, by number.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    places: Vec<Place>,
    packed: Vec<u32>,
    loose: Vec<Vec<u32>>,
    heavy: Vec<RoaringBitmap>,
}

/// One list, to be walked.
pub enum List<'a> {
    /// In order, in one piece.
    Slice(&'a [u32]),
    /// A bitmap.
    Bitmap(&'a RoaringBitmap),
}

impl Lists {
    /// Makes room for lists of these lengths, to be filled with [`push`](Filling::push).
    pub fn fill(lengths: &[u32]) -> Filling {
        let mut lists = Self::default();
        let mut next = 0_u64;
        for length in lengths {
            lists.places.push(if *length as usize >= HEAVY {
                lists.heavy.push(RoaringBitmap::new());
                Place::Heavy(lists.heavy.len() as u32 - 1)
            } else {
                next += u64::from(*length);
                Place::Packed(next - u64::from(*length), 0)
            });
        }
        lists.packed = vec![0; next as usize];
        Filling(lists)
    }

    /// Adds a list after the last one, packed. The numbers ascend.
    pub fn append(&mut self, values: impl Iterator<Item = u32>) {
        let at = self.packed.len();
        self.packed.extend(values);
        let length = (self.packed.len() - at) as u32;
        self.places.push(Place::Packed(at as u64, length));
    }

    /// Gives back the room that nothing stands in.
    pub fn shrink(&mut self) {
        self.packed.shrink_to_fit();
    }

    /// The numbers of a list; none where there is no such list.
    pub fn get(&self, list: u32) -> List<'_> {
        match self.places.get(list as usize) {
            None => List::Slice(&[]),
            Some(Place::Packed(at, length)) => {
                let at = *at as usize;
                List::Slice(&self.packed[at..at + *length as usize])
            }
            Some(Place::Loose(at)) => List::Slice(&self.loose[*at as usize]),
            Some(Place::Heavy(at)) => List::Bitmap(&self.heavy[*at as usize]),
        }
    }

    /// Adds a number to a list, which may be new. Whether it was not there.
    pub fn insert(&mut self, list: u32, value: u32) -> bool {
        if self.places.len() <= list as usize {
            self.places.resize(list as usize + 1, Place::Packed(0, 0));
        }
        match self.own(list) {
            Place::Heavy(at) => self.heavy[at as usize].insert(value),
            Place::Loose(at) => {
                let loose = &mut self.loose[at as usize];
                let Err(place) = loose.binary_search(&value) else {
                    return false;
                };
                loose.insert(place, value);
                if loose.len() >= HEAVY {
                    let bitmap: RoaringBitmap = std::mem::take(loose).into_iter().collect();
                    self.heavy.push(bitmap);
                    self.places[list as usize] = Place::Heavy(self.heavy.len() as u32 - 1);
                }
                true
            }
            Place::Packed(..) => false,
        }
    }

    /// Takes a number out of a list. Whether it was there.
    pub fn remove(&mut self, list: u32, value: u32) -> bool {
        if self.places.len() <= list as usize {
            return false;
        }
        match self.own(list) {
            Place::Heavy(at) => self.heavy[at as usize].remove(value),
            Place::Loose(at) => {
                let loose = &mut self.loose[at as usize];
                loose
                    .binary_search(&value)
                    .map(|place| loose.remove(place))
                    .is_ok()
            }
            Place::Packed(..) => false,
        }
    }

    /// Where a list stands now that it may change: never packed.
    fn own(&mut self, list: u32) -> Place {
        let place = &mut self.places[list as usize];
        if let Place::Packed(at, length) = *place {
            let at = at as usize;
            self.loose
                .push(self.packed[at..at + length as usize].to_vec());
            *place = Place::Loose(self.loose.len() as u32 - 1);
        }
        *place
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.places.len() * size_of::<Place>()
            + self.packed.len() * 4
            + self
                .loose
                .iter()
                .map(|l| l.capacity() * 4 + 24)
                .sum::<usize>()
            + self
                .heavy
                .iter()
                .map(RoaringBitmap::serialized_size)
                .sum::<usize>()
    }
}

/// Lists being made. Each gets as many numbers as was said, in ascending order.
pub struct Filling(Lists);

impl Filling {
    /// Adds a number to a list, which must be above those it has.
    pub fn push(&mut self, list: u32, value: u32) {
        match &mut self.0.places[list as usize] {
            Place::Packed(at, length) => {
                self.0.packed[*at as usize + *length as usize] = value;
                *length += 1;
            }
            Place::Heavy(at) => {
                self.0.heavy[*at as usize].insert(value);
            }
            Place::Loose(_) => {}
        }
    }

    /// The lists, once each is full.
    pub fn done(self) -> Lists {
        self.0
    }
}

impl List<'_> {
    /// How many numbers.
    pub fn len(&self) -> u64 {
        match self {
            List::Slice(slice) => slice.len() as u64,
            List::Bitmap(bitmap) => bitmap.len(),
        }
    }

    /// Whether a number is among them, by halving or in a bitmap.
    pub fn contains(&self, value: u32) -> bool {
        match self {
            List::Slice(slice) => slice.binary_search(&value).is_ok(),
            List::Bitmap(bitmap) => bitmap.contains(value),
        }
    }

    /// Calls back for each number, in ascending order.
    pub fn each(&self, mut with: impl FnMut(u32)) {
        match self {
            List::Slice(slice) => slice.iter().for_each(|value| with(*value)),
            List::Bitmap(bitmap) => bitmap.iter().for_each(with),
        }
    }

    /// All of them, in ascending order.
    pub fn to_vec(&self) -> Vec<u32> {
        match self {
            List::Slice(slice) => slice.to_vec(),
            List::Bitmap(bitmap) => bitmap.iter().collect(),
        }
    }
}
