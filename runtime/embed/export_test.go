package embed

// Errorf has the running server log an error, as it does when its storage fails.
func (s *Server) Errorf(format string, v ...any) { s.current().Errorf(format, v...) }

// Running identifies the server that runs: another one runs after a restart.
func (s *Server) Running() any { return s.current() }
