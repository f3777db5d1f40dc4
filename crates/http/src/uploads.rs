//! Files that callers hand in, kept in a folder: pictures, under names that cannot be guessed.
//!
//! A file is there before the row that names it, and goes after it: a row without its file is never seen, while a file
//! that nothing names does no harm. One is left behind when the server dies in between, or nobody knows whether the
//! row was written.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use actix_web::web::{self, Bytes};
use stockbridge_domain::Fault;
use stockbridge_domain::access::secrets::random_hex;

/// Where files are served, by their names.
pub const SERVED_UNDER: &str = "/uploads/products/";

/// The folder within the given one.
const FOLDER: &str = "products";

/// Random bytes in a name: 128 bits.
const RANDOM: usize = 16;

/// The folder of the files.
#[derive(Debug, Clone)]
pub struct Uploads {
    folder: PathBuf,
}

/// What kind of picture a file is, as its first bytes say. SVG is none: it can carry scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

impl Uploads {
    /// Files in this folder, which is made when the first one comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().join(FOLDER) }
    }

    /// Keeps a file, and returns its name. It appears under it whole or not at all, and stays there after a power cut.
    ///
    /// # Errors
    /// [`Fault::Full`]; [`Fault::Internal`] when the folder cannot be written to.
    pub async fn keep(&self, picture: Picture, content: Bytes) -> Result<String, Fault> {
        let random = random_hex(RANDOM).map_err(|error| Fault::Internal(error.to_string()))?;
        let name = format!("{random}.{}", picture.extension());
        self.put(name.clone(), content).await?;
        Ok(name)
    }

    /// Keeps a file under a name of its own, in place of one that has it: demo data.
    ///
    /// # Errors
    /// As [`Uploads::keep`].
    pub async fn put(&self, name: String, content: Bytes) -> Result<(), Fault> {
        let folder = self.folder.clone();
        let written = web::block(move || write(&folder, &name, &content)).await;
        let written = written.map_err(|error| Fault::Internal(error.to_string()))?;
        written.map_err(|error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Fault::Full,
            _ => Fault::Internal(format!("cannot keep a file in {}: {error}", self.folder.display())),
        })
    }

    /// Removes files that nothing names any more. One that stays behind is logged.
    pub async fn remove(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let folder = self.folder.clone();
        let remove = move || {
            for file in names.iter().filter(|name| is_name(name)).map(|name| folder.join(name)) {
                match fs::remove_file(&file) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        tracing::warn!(file = %file.display(), %error, "a file that nothing names stays behind");
                    }
                    _ => {}
                }
            }
        };
        if let Err(error) = web::block(remove).await {
            tracing::warn!(%error, "files that nothing names stay behind");
        }
    }

    /// Where the file of a name would be, and what it would be; `None` for what is no name of ours.
    pub fn find(&self, name: &str) -> Option<(PathBuf, Picture)> {
        let picture = name.rsplit_once('.').and_then(|(_, extension)| Picture::from_extension(extension))?;
        is_name(name).then(|| (self.folder.join(name), picture))
    }
}

impl Picture {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    /// The kind of picture that these bytes begin as.
    pub fn of(content: &[u8]) -> Option<Self> {
        Self::ALL.iter().copied().find(|picture| match picture {
            Self::Png => content.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => content.starts_with(b"\xff\xd8\xff"),
            Self::Gif => content.starts_with(b"GIF87a") || content.starts_with(b"GIF89a"),
            Self::WebP => content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP"),
        })
    }

    /// The end of its files' names.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|picture| picture.extension() == extension)
    }
}

/// Letters, digits and one dot: nothing that leads out of a folder, and nothing that is still being written.
fn is_name(name: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.split_once('.').is_some_and(|(stem, extension)| is_plain(stem) && is_plain(extension))
}

fn write(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = fs::File::create(&unfinished)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    let renamed = written.and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if renamed.is_err() {
        // What could not be written may not be removable either; the first trouble is the one to tell.
        let _removed = fs::remove_file(&unfinished);
    }
    renamed.and_then(|()| sync(folder))
}

/// The name itself is safe once its folder is.
fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _folder = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00";

    #[test]
    fn a_picture_is_what_its_first_bytes_say() {
        assert_eq!(Picture::of(b"\x89PNG\r\n\x1a\n\0"), Some(Picture::Png));
        assert_eq!(Picture::of(b"\xff\xd8\xff\xe0"), Some(Picture::Jpeg));
        assert_eq!((Picture::of(b"GIF87a"), Picture::of(GIF)), (Some(Picture::Gif), Some(Picture::Gif)));
        assert_eq!(Picture::of(b"RIFF\x24\0\0\0WEBPVP8 "), Some(Picture::WebP));
        for other in [&b""[..], b"\x89PNG", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"RIFF\x24\0\0\0WAVE", b"BM"]
        {
            assert_eq!(Picture::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn nothing_but_a_name_of_ours_is_found() {
        let uploads = Uploads::new("here");
        let found = Some((PathBuf::from("here/products/0af3.png"), Picture::Png));
        assert_eq!(uploads.find("0af3.png"), found);
        for odd in
            ["", ".", "..", "png", ".png", "a.png.part", ".a.png.part", "../a.png", "a/b.png", "a\\b.png", "a.svg"]
        {
            assert_eq!(uploads.find(odd), None, "{odd}");
        }
        for odd in ["a%2fb.png", "a\0.png", "a.", "a b.png", "ä.png", "a.PNG", "a.db"] {
            assert_eq!(uploads.find(odd), None, "{odd}");
        }
    }

    #[actix_web::test]
    async fn a_file_is_there_until_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(dir.path().join("not/yet/there"));
        let first = uploads.keep(Picture::Gif, GIF.into()).await.unwrap();
        let second = uploads.keep(Picture::Gif, GIF.into()).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(first.len(), "0123456789abcdef0123456789abcdef.gif".len());
        let (file, picture) = uploads.find(&first).unwrap();
        assert_eq!((fs::read(&file).unwrap(), picture), (GIF.to_vec(), Picture::Gif));
        uploads.remove(vec![first.clone(), first, "../../there".to_owned()]).await;
        assert!(!file.exists());
        let left = fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), [second.as_str()]);
    }

    #[actix_web::test]
    async fn a_folder_that_cannot_be_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = Uploads::new(file.path()).keep(Picture::Gif, GIF.into()).await;
        assert!(matches!(refused, Err(Fault::Internal(why)) if why.contains("cannot keep a file in")));
    }
}
