package ring

func test() { head(); made() }
