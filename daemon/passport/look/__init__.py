"""How things look wherever they are shown: gallery, badge page, CV, share card and published page. Pure."""
