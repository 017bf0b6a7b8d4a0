"""What headers of volumes state of their pixels, whoever holds them: files, or objects of other libraries."""
