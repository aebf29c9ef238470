#!/bin/sh
# Run a command in a root folder that holds only what is named, read-only, and an empty /submission.
#   enclosed.sh ROOT KEEP... -- COMMAND...
# Run by `unshare --user --map-root-user --mount --pid --fork ...`; the command is started in a user
# namespace of its own, where nothing of this can be undone.
set -eu
root=$1
shift
mount -t tmpfs -o mode=755,size=1m tmpfs "$root"

while [ "$1" != -- ]; do
    if [ -L "$1" ]; then
        mkdir -p "$root$(dirname "$1")"
        cp -P "$1" "$root$1"
    elif [ -d "$1" ]; then
        mkdir -p "$root$1"
        mount --rbind "$1" "$root$1"
        mount -o remount,bind,ro "$root$1"
    elif [ -e "$1" ]; then
        mkdir -p "$root$(dirname "$1")"
        cp "$1" "$root$1"
    fi
    shift
done
shift

mkdir "$root/proc" "$root/dev" "$root/submission"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
for device in null zero full random urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=700,size=512m tmpfs "$root/submission"
for place in dev/shm tmp; do
    [ -e "$root/$place" ] && continue
    mkdir "$root/$place" "$root/submission/.${place##*/}"
    mount --bind "$root/submission/.${place##*/}" "$root/$place"
done
mount -o remount,bind,ro "$root"
exec unshare --user --map-root-user --root="$root" --wd=/submission -- "$@"
