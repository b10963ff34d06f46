// check_log FOLDER...: checks the exported log in each folder with Go's own transparency log
// packages (golang.org/x/mod/sumdb/note and tlog), which share no line with this project.
//
// It prints "ok ORIGIN SIZE" for each, with "cosigned TIME" where the folder names a witness, and
// exits 1 at the first flaw.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// file is where c2sp.org/tlog-tiles puts a tile: Go's path without the height, and "entries" for
// the raw data.
func file(folder string, tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	if strings.HasPrefix(path, "data/") {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return filepath.Join(folder, "tile", path)
}

// tiles lists the tiles of one level in a tree of size entries.
func tiles(level int, size int64) []tlog.Tile {
	shift := level
	if level < 0 {
		shift = 0
	}
	count := size >> (height * shift)
	var list []tlog.Tile
	for n := int64(0); n<<height < count; n++ {
		width := count - n<<height
		if width > 1<<height {
			width = 1 << height
		}
		list = append(list, tlog.Tile{H: height, L: level, N: n, W: int(width)})
	}
	return list
}

// witness is a note.Verifier of c2sp.org/tlog-cosignature, which the note package does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	w.time = binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.time, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("witness-vkey: not three parts")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("witness-vkey: no key of type 4")
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(key)))
	if binary.BigEndian.Uint32(sum[:]) != uint32(hash) {
		return nil, errors.New("witness-vkey: the id is not the key's")
	}
	return &witness{parts[0], uint32(hash), ed25519.PublicKey(key[1:]), 0}, nil
}

// head opens the checkpoint with the folder's vkey, and with its witness-vkey if it has one.
func head(folder string) (origin string, tree tlog.Tree, cosigned *witness, err error) {
	vkey, err := os.ReadFile(filepath.Join(folder, "vkey"))
	if err != nil {
		return
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return
	}
	checkpoint, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		err = errors.New("checkpoint: not three lines that begin with the key's name")
		return
	}
	origin = lines[0]
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return
	}
	vkey, err = os.ReadFile(filepath.Join(folder, "witness-vkey"))
	if errors.Is(err, os.ErrNotExist) {
		return origin, tree, nil, nil
	}
	if err != nil {
		return
	}
	if cosigned, err = newWitness(strings.TrimSuffix(string(vkey), "\n")); err != nil {
		return
	}
	_, err = note.Open(checkpoint, note.VerifierList(cosigned))
	return
}

// entries reads every bundle and gives the entries in order.
func entries(folder string, size int64) ([][]byte, error) {
	var list [][]byte
	for _, tile := range tiles(-1, size) {
		bundle, err := os.ReadFile(file(folder, tile))
		if err != nil {
			return nil, err
		}
		for i := 0; i < tile.W; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s: too short", file(folder, tile))
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			list = append(list, bundle[2:end])
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return nil, fmt.Errorf("%s: too long", file(folder, tile))
		}
	}
	return list, nil
}

func check(folder string) (string, error) {
	origin, tree, cosigned, err := head(folder)
	if err != nil {
		return "", err
	}
	list, err := entries(folder, tree.N)
	if err != nil {
		return "", err
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = hashes[index]
		}
		return out, nil
	})
	for n, entry := range list {
		more, err := tlog.StoredHashes(int64(n), entry, reader)
		if err != nil {
			return "", err
		}
		hashes = append(hashes, more...)
		if !bytes.HasPrefix(entry, []byte(fmt.Sprintf("pressgate-entry/v1\nseq %d\n", n))) {
			return "", fmt.Errorf("entry %d has another number", n)
		}
	}
	root := tlog.Hash(sha256.Sum256(nil)) // RFC 6962's empty tree, where tlog has no hash of its own
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, reader); err != nil {
			return "", err
		}
	}
	if root != tree.Hash {
		return "", errors.New("the entries do not have the checkpoint's root")
	}
	for level := 0; tree.N>>(height*level) > 0; level++ {
		for _, tile := range tiles(level, tree.N) {
			want, err := tlog.ReadTileData(tile, reader)
			if err != nil {
				return "", err
			}
			have, err := os.ReadFile(file(folder, tile))
			if err != nil {
				return "", err
			}
			if !bytes.Equal(want, have) {
				return "", fmt.Errorf("%s: other hashes", file(folder, tile))
			}
		}
	}
	line := fmt.Sprintf("ok %s %d", origin, tree.N)
	if cosigned != nil {
		line += fmt.Sprintf(" cosigned %d", cosigned.time)
	}
	return line, nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: check_log FOLDER...")
		os.Exit(2)
	}
	for _, folder := range os.Args[1:] {
		line, err := check(folder)
		if err != nil {
			fmt.Fprintf(os.Stderr, "check_log: %s: %v\n", folder, err)
			os.Exit(1)
		}
		fmt.Println(line)
	}
}
