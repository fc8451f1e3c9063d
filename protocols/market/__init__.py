"""The words everyone uses: values, instruments, events and the folds that make a market of them. No IO, no clock."""
