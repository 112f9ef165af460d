package io.holisticos.sahha;

/** As the recorded schema has it. */
class LongBesideTheFormerServiceTest extends LongBesideTheFormerService {

    LongBesideTheFormerServiceTest() {
        super(false);
    }
}
