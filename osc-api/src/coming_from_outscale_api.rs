#![doc = include_str!("coming_from_outscale_api.md")]
