package io.holisticos.sahha;

/** With the later unique keys. */
class LongBesideTheFormerServicesKeysTest extends LongBesideTheFormerService {

    LongBesideTheFormerServicesKeysTest() {
        super(true);
    }
}
