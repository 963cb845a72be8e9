// Helpers: declarations that lowered files ask for and that a package needs once.

package emit

func (w *writer) helpers() {
	for _, h := range w.pkg.Helpers {
		w.file.Commentf("%s %s", h.Name, h.Doc)
		w.file.Add(typ(h.Code))
	}
}
